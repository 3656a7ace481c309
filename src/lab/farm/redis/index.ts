export { collect } from "./collect.js";
export { enqueue } from "./enqueue.js";
export { work } from "./work.js";

import { expect, it } from "vitest";
import { TextBuffer } from "./text-buffer.js";

function written(write: (out: TextBuffer) => void): string {
  const out = new TextBuffer();
  write(out);
  return out.bytes.toString("utf8");
}

const TEXTS = ["", "Conv", 'a"b', "back\\slash", "line\nbreak", "\u007f", "größe", "漢字", "🙂", "x".repeat(31), "y".repeat(5000), `${"z".repeat(2000)}é`];

it.each(TEXTS)("writes text %j as it is, and quoted as JSON does", (text) => {
  expect(written((out) => out.append(text))).toBe(text);
  expect(written((out) => out.quoted(text))).toBe(JSON.stringify(text));
});

it("writes a lone surrogate, quoted, as JSON does", () => {
  expect(written((out) => out.quoted("\ud800"))).toBe(JSON.stringify("\ud800"));
});

it.each([0, 7, 10, 99, 100, 123_456_789, 999_999_999, 1_000_000_000, 2 ** 53 - 1, -1, -10, 1.5, -0.1, 1e21, NaN, -Infinity])(
  "writes the number %d as JavaScript prints it",
  (value) => {
    expect(written((out) => out.number(value))).toBe(String(value));
  },
);

it("prints minus zero as JavaScript does", () => {
  expect(written((out) => out.number(-0))).toBe("0");
});

it("keeps all parts in order while it grows, and starts anew when cleared", () => {
  const aside = new TextBuffer();
  aside.append("é aside");
  const out = new TextBuffer();
  for (let i = 0; i < 1000; i += 1) {
    out.append("node ");
    out.number(i);
    out.appendBuffer(aside);
  }
  expect(out.bytes.toString()).toBe(Array.from({ length: 1000 }, (_, i) => `node ${i}é aside`).join(""));
  out.clear();
  expect(out.length).toBe(0);
});

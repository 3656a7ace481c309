import { afterEach, describe, expect, it, vi } from "vitest";

import { initBackend } from "./backend.js";

afterEach(() => vi.unstubAllEnvs());

describe("initBackend", () => {
  it("starts WebAssembly when nothing is said", async () => {
    vi.stubEnv("TEMPOGRAPH_BACKEND", undefined);
    const { tf, name } = await initBackend();
    expect(name).toBe("wasm");
    expect(tf.getBackend()).toBe("wasm");
    expect(tf.tidy(() => [...tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()])).toEqual([3, 3, 3, 3]);
  });

  it("is idempotent", async () => {
    const [first, second] = await Promise.all([initBackend("wasm"), initBackend("wasm")]);
    expect(second.tf).toBe(first.tf);
  });

  it("refuses a backend it does not know", async () => {
    vi.stubEnv("TEMPOGRAPH_BACKEND", "webgl");
    await expect(initBackend()).rejects.toThrow(/TEMPOGRAPH_BACKEND is "webgl"/);
  });

  it("starts native TensorFlow when asked to, or says how to build it", async () => {
    vi.stubEnv("TEMPOGRAPH_BACKEND", "tensorflow");
    try {
      const { tf, name } = await initBackend();
      expect(name).toBe("tensorflow");
      expect(tf.getBackend()).toBe("tensorflow");
      expect(tf.tidy(() => [...tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()])).toEqual([3, 3, 3, 3]);
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringContaining("scripts/setup-native.sh") as string });
    }
    await initBackend("wasm");
  });
});

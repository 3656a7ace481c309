import { KERNEL_CLASSES, type KernelClass } from "../../features/kernel-class.js";
import type { GraphLatencies } from "../graph-latencies.js";

/** What a calibration scales: the kernels of one class, or what a run costs beside its kernels. */
export type WorkClass = KernelClass | "run";

export const WORK_CLASSES: readonly WorkClass[] = [...KERNEL_CLASSES, "run"];

/** Where a model's time goes on a target, microseconds by class; classes that take no time are left out. */
export type ClassTimes = ReadonlyMap<WorkClass, number>;

export function classTimes({ totalUs, leaves }: GraphLatencies): ClassTimes {
  const times = new Map<WorkClass, number>();
  let inKernels = 0;
  for (const [i, { kernelClass }] of leaves.facts.entries()) {
    const us = leaves.us[i] ?? 0;
    inKernels += us;
    if (us > 0) times.set(kernelClass, (times.get(kernelClass) ?? 0) + us);
  }
  const beside = totalUs - inKernels;
  if (beside > 0) times.set("run", beside);
  return times;
}

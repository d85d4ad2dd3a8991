import { readFileSync } from "node:fs";

interface Exports {
  falloff(distance: number, reach: number): number;
}

const code = readFileSync(new URL("../assets/falloff.wasm", import.meta.url));
const wasm = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as Exports;

/** Share of the light left at `distance` from a lantern whose light has halved at `reach`. */
export function falloff(distance: number, reach: number): number {
  return wasm.falloff(distance, reach);
}

/** A halo of 32 x 32 pixels with an alpha channel. */
export const haloUrl: URL = new URL("../assets/halo.png", import.meta.url);

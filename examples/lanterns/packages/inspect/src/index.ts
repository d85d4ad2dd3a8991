import { gaps, type Garland } from "@lanterns/garland";

export interface Fault {
  readonly kind: "touching" | "off the cord" | "dark spot";
  /** Where, in cm from the start of the cord. */
  readonly at: number;
}

/** All faults of the garland; dark spots only where `@lanterns/glow` is installed. */
export async function inspect(festoon: Garland): Promise<Fault[]> {
  const spaces = gaps(festoon);
  const touching = spaces.flatMap((gap, index): Fault[] =>
    gap < 0 ? [{ kind: "touching", at: festoon.lanterns[index]!.at }] : [],
  );
  const off = festoon.lanterns
    .filter(({ at, size }) => at < size / 2 || at > festoon.length - size / 2)
    .map(({ at }): Fault => ({ kind: "off the cord", at }));
  const dark = await darkSpots(festoon);
  return [...touching, ...off, ...dark].sort((a, b) => a.at - b.at);
}

/** One line of text for each fault. */
export async function report(faults: readonly Fault[]): Promise<string[]> {
  const colors = await import("picocolors").then((module) => module.default, () => undefined);
  const strong = (text: string): string => colors?.red(text) ?? text;
  return faults.map(({ kind, at }) => `${strong(kind)} at ${at} cm`);
}

async function darkSpots(festoon: Garland): Promise<Fault[]> {
  const glow = await import("@lanterns/glow").catch(() => undefined);
  if (!glow) return [];
  return festoon.lanterns.slice(1).flatMap((lantern, index): Fault[] => {
    const before = festoon.lanterns[index]!;
    const half = (lantern.at - before.at) / 2;
    const light = glow.falloff(half, 4 * before.size) + glow.falloff(half, 4 * lantern.size);
    return light < 1 ? [{ kind: "dark spot", at: before.at + half }] : [];
  });
}

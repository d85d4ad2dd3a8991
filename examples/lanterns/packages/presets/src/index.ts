import { parseHex, type Rgb } from "@lanterns/color";

const scheme = (...colors: string[]): readonly Rgb[] => colors.map(parseHex);

/** Colour schemes by name, each in the order in which its lanterns should hang. */
export const schemes = {
  dusk: scheme("#2d3047", "#93b7be", "#e0ca3c", "#a799b7"),
  harbour: scheme("#d7263d", "#f46036", "#2e294e", "#1b998b"),
  paper: scheme("#fffdf7", "#f4e9cd", "#e8d7a5"),
} as const;

export type SchemeName = keyof typeof schemes;

/** The colour of lantern number `index`; a scheme starts over when it is used up. */
export function colorAt(name: SchemeName, index: number): Rgb {
  const colors = schemes[name];
  return colors[index % colors.length]!;
}

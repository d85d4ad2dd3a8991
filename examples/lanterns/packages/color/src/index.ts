/** A colour in sRGB, each channel from 0 to 255. */
export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

const HEX = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** Reads `#rrggbb`; throws a `TypeError` for anything else. */
export function parseHex(text: string): Rgb {
  const match = HEX.exec(text);
  if (!match) throw new TypeError(`not a colour: ${JSON.stringify(text)}`);
  const [, r = "", g = "", b = ""] = match;
  return { r: parseInt(r, 16), g: parseInt(g, 16), b: parseInt(b, 16) };
}

export function toHex(color: Rgb): string {
  const channel = (value: number): string =>
    Math.round(clamp(value)).toString(16).padStart(2, "0");
  return `#${channel(color.r)}${channel(color.g)}${channel(color.b)}`;
}

/** The colour `share` of the way from `from` to `to`. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const along = (a: number, b: number): number => a + (b - a) * share;
  return { r: along(from.r, to.r), g: along(from.g, to.g), b: along(from.b, to.b) };
}

/** The colour of a flame or lamp of the given temperature, good from 1000 K to 6600 K. */
export function fromKelvin(kelvin: number): Rgb {
  const t = kelvin / 100;
  return {
    r: 255,
    g: clamp(99.47 * Math.log(t) - 161.12),
    b: t <= 19 ? 0 : clamp(138.52 * Math.log(t - 10) - 305.04),
  };
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}

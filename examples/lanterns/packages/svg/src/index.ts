import { mix, toHex, type Rgb } from "@lanterns/color";
import type { Garland, Lantern } from "@lanterns/garland";
import { drop } from "@lanterns/shape";
import { element, number } from "./internal/markup.js";

const CANDLE: Rgb = { r: 255, g: 147, b: 41 };
const CORD_Y = 10;

export interface DrawOptions {
  /** How bright the candles burn, from 0 to 1. */
  readonly light?: number;
}

/** The garland as a standalone SVG document, one unit a centimetre. */
export function draw(festoon: Garland, { light = 0.3 }: DrawOptions = {}): string {
  const lowest = Math.max(0, ...festoon.lanterns.map((each) => drop(each.shape, each.size)));
  const box = `0 0 ${number(festoon.length)} ${number(CORD_Y + lowest + 10)}`;
  const cord = element("line", { x1: 0, y1: CORD_Y, x2: festoon.length, y2: CORD_Y, stroke: "#333" });
  const body = festoon.lanterns.map((each) => drawLantern(each, light)).join("");
  return `${element("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: box }, cord + body)}\n`;
}

function drawLantern(lantern: Lantern, light: number): string {
  const height = drop(lantern.shape, lantern.size);
  const fill = toHex(mix(lantern.color, CANDLE, light));
  if (lantern.shape === "star") {
    return element("polygon", { points: starPoints(lantern), fill });
  }
  return element("ellipse", {
    cx: lantern.at,
    cy: CORD_Y + height / 2,
    rx: lantern.size / 2,
    ry: height / 2,
    fill,
  });
}

function starPoints({ at, size }: Lantern): string {
  return Array.from({ length: 10 }, (_, index) => {
    const radius = index % 2 === 0 ? size / 2 : size / 5;
    const angle = (index * Math.PI) / 5;
    return `${number(at + radius * Math.sin(angle))},${number(CORD_Y + size / 2 - radius * Math.cos(angle))}`;
  }).join(" ");
}

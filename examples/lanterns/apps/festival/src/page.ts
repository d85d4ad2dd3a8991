import { pathToFileURL } from "node:url";
import { garland } from "@lanterns/garland";
import { falloff } from "@lanterns/glow";
import { greet, languages } from "@lanterns/greetings";
import { draw } from "@lanterns/svg";

/** The festival's page: a garland, and below it a greeting in each language. */
export function page(distance: number): string {
  const festoon = garland({
    length: 300,
    lanterns: [50, 150, 250].map((at) => ({ at, shape: "star", size: 40, color: { r: 244, g: 211, b: 94 } })),
  });
  const greetings = languages().map((language) => `<li lang="${language}">${greet(language)}</li>`);
  return [
    "<!doctype html>",
    '<meta charset="utf-8"><title>Lantern festival</title>',
    draw(festoon, { light: falloff(distance, 10) }).trimEnd(),
    `<ul>${greetings.join("")}</ul>`,
    "",
  ].join("\n");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(page(5));
}

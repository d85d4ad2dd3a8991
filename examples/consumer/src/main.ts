import { readFileSync } from "node:fs";
import { festivals, nextFestival, updated, type Festival } from "@lanterns/calendar";
import { garland, paperFor, type Garland } from "@lanterns/garland";
import { falloff, haloUrl } from "@lanterns/glow";
import { greet } from "@lanterns/greetings";
import { inspect, report, type Fault } from "@lanterns/inspect";
import { colorAt, type SchemeName } from "@lanterns/presets";
import { draw } from "@lanterns/svg";

const scheme: SchemeName = "harbour";
const cord: Garland = garland({
  length: 600,
  lanterns: [50, 120, 190, 260, 330].map((at, index) => ({
    at,
    shape: index % 2 === 0 ? "round" : "star",
    size: 40,
    color: colorAt(scheme, index),
  })),
});

const next: Festival | undefined = nextFestival(new Date("2026-11-01T00:00:00Z"), festivals());
const faults: Fault[] = await inspect(cord);
const picture: string = draw(cord, { light: falloff(40, 80) });

console.log(greet("de"));
console.log(`next: ${next?.name} in ${next?.place} on ${next?.day} (as of ${updated().toISOString().slice(0, 10)})`);
console.log(`paper: ${Math.round(paperFor(cord))} cm², faults: ${(await report(faults)).length}`);
console.log(`picture: ${picture.length} characters, halo: ${readFileSync(haloUrl).length} bytes`);

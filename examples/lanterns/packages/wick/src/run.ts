import { parseHex } from "@lanterns/color";
import { garland, type Garland } from "@lanterns/garland";
import { greet } from "@lanterns/greetings";
import { inspect, report } from "@lanterns/inspect";
import { draw } from "@lanterns/svg";
import colors from "picocolors";

const USAGE = `usage: lanterns greet [LANGUAGE]
       lanterns draw [COUNT]
       lanterns inspect [COUNT]
`;
const CORD = 1000;
const COLORS = ["#d7263d", "#f46036", "#f4d35e"];

/** Runs one command line and returns its exit status. */
export async function run(args: readonly string[], write: (text: string) => void): Promise<number> {
  const [command, argument] = args;
  switch (command) {
    case "greet":
      write(`${colors.bold(greet(argument ?? "en"))}\n`);
      return 0;
    case "draw":
      write(draw(evenly(Number(argument ?? 10))));
      return 0;
    case "inspect": {
      const faults = await inspect(evenly(Number(argument ?? 10)));
      for (const line of await report(faults)) write(`${line}\n`);
      return faults.length === 0 ? 0 : 1;
    }
    default:
      write(USAGE);
      return command === undefined || command === "--help" ? 0 : 2;
  }
}

function evenly(count: number): Garland {
  const lanterns = Array.from({ length: count }, (_, index) => ({
    at: ((index + 0.5) * CORD) / count,
    shape: "round" as const,
    size: 30,
    color: parseHex(COLORS[index % COLORS.length]!),
  }));
  return garland({ length: CORD, lanterns });
}

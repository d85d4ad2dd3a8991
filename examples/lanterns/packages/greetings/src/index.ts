import { readFileSync } from "node:fs";

const greetings = JSON.parse(
  readFileSync(new URL("../data/grüße.json", import.meta.url), "utf8"),
) as Readonly<Record<string, string>>;

/** The languages there is a greeting in, as BCP 47 tags, sorted. */
export function languages(): string[] {
  return Object.keys(greetings).sort();
}

/** A greeting in `language` (`de`, `de-AT`, …); English where we know none. */
export function greet(language: string): string {
  const [base = ""] = language.toLowerCase().split("-");
  return greetings[base] ?? greetings["en"] ?? "";
}

export interface FestivalRow {
  readonly name: string;
  readonly place: string;
  /** When the first lantern is lit, as an ISO 8601 instant. */
  readonly start: string;
  readonly lanterns: number;
}

const HEADER = "name,place,start,lanterns";

/** Reads the table of festivals; no field of it needs quotes. */
export function parseFestivals(text: string): FestivalRow[] {
  const [header, ...lines] = text.trimEnd().split("\n");
  if (header !== HEADER) throw new SyntaxError(`expected the header ${HEADER}`);
  return lines.map((line, index) => {
    const [name, place, start, lanterns, ...more] = line.split(",");
    if (!name || !place || !start || !lanterns || more.length > 0) {
      throw new SyntaxError(`line ${index + 2}: expected 4 fields`);
    }
    return { name, place, start, lanterns: Number(lanterns) };
  });
}

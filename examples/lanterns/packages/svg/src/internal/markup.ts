const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };

/** A number as SVG wants it: at most two decimals, no exponent. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** One element; `content` is markup already, attributes are escaped here. */
export function element(name: string, attributes: Record<string, string | number>, content = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === "number" ? number(value) : value;
    return ` ${key}="${text.replace(/[&<"]/g, (char) => ESCAPES[char] ?? char)}"`;
  });
  const open = `<${name}${written.join("")}`;
  return content ? `${open}>${content}</${name}>` : `${open}/>`;
}

/** Area in cm² of one face of a five-pointed star whose points lie `size` cm apart at most. */
export function area(size: number): number {
  const outer = size / (2 * Math.sin((2 * Math.PI) / 5));
  const inner = outer * (Math.cos((2 * Math.PI) / 5) / Math.cos(Math.PI / 5));
  return 5 * outer * inner * Math.sin(Math.PI / 5);
}

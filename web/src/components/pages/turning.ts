/** Which page a key turns to from this one, if it turns any: arrows, Home and End. */
export function turn(key: string, at: number, last: number): number | undefined {
  const to: Record<string, number> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 1, End: last }
  const wanted = to[key]
  return wanted === undefined ? undefined : Math.min(Math.max(wanted, 1), last)
}

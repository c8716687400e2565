/** A line of time on which long silences are short: between two moments it runs evenly, but an hour
 * and a month differ by no more than a few widths. */
export interface Line {
  /** The moments, in order, each once, in milliseconds. */
  readonly times: readonly number[]
  readonly first: number
  readonly last: number
  /** Where a time is, 0 to 1; times outside are at the ends. */
  place(at: number): number
  /** The time of a place, in whole seconds. */
  time(place: number): number
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How wide a silence is drawn, in minutes' worth of the shortest. */
function width(ms: number): number {
  return 1 + Math.log2(1 + ms / minute)
}

/** The line over these moments, with an hour of air before the first and a day after the last one. */
export function lineOf(moments: readonly number[]): Line {
  const times = [...new Set(moments)].sort((a, b) => a - b)
  const first = (times[0] ?? 0) - hour
  const last = (times.at(-1) ?? 0) + day
  const stops = [first, ...times, last]
  const widths = stops.slice(1).map((at, i) => width(at - stops[i]!))
  const sums = [0]
  for (const w of widths) sums.push(sums.at(-1)! + w)
  const places = sums.map((sum) => sum / sums.at(-1)!)

  function between(from: readonly number[], to: readonly number[], value: number): number {
    let i = 1
    while (i < from.length - 1 && from[i]! < value) i++
    const [low, high] = [from[i - 1]!, from[i]!]
    const part = Math.min(1, Math.max(0, (value - low) / (high - low)))
    return to[i - 1]! + part * (to[i]! - to[i - 1]!)
  }
  return {
    times,
    first,
    last,
    place: (at) => between(stops, places, at),
    time: (place) => Math.round(between(places, stops, place) / 1000) * 1000,
  }
}

/** How near a place must be to a moment to mean it. */
const near = 0.012

/** The time of a place, or the moment that it nearly is. */
export function snapped(line: Line, place: number): number {
  const at = line.times.find((t) => Math.abs(line.place(t) - place) < near)
  return at ?? line.time(place)
}

/** Which of the moments have room for a label, given how much of the line one takes: always the first and the last. */
export function labelled(line: Line, room: number): Set<number> {
  const chosen: number[] = []
  for (const at of line.times) if (chosen.length === 0 || line.place(at) - line.place(chosen.at(-1)!) >= room) chosen.push(at)
  const last = line.times.at(-1)
  if (last !== undefined && chosen.at(-1) !== last) {
    if (chosen.length > 1) chosen.pop()
    chosen.push(last)
  }
  return new Set(chosen)
}

/** The height of a list in the browser, which has no room for the millions of pixels of a long one.
 *
 * At either end a pixel of the window's way is a pixel of the list, so that both ends are reached;
 * between them it stands for more.
 */

const MOST = 12_000_000 // pixels: Firefox has room for 17 million, Chromium for 33
const EXACT = 3_000_000 // pixels at either end

export function heightOf(whole: number): number {
  return Math.min(whole, MOST)
}

/** Where in a list of this height the window is that was scrolled so far. */
export function toListed(scrolled: number, whole: number): number {
  if (whole <= MOST || scrolled <= EXACT) return scrolled
  if (scrolled >= MOST - EXACT) return scrolled + whole - MOST
  return EXACT + (scrolled - EXACT) * ratio(whole)
}

/** How far the window is to be scrolled to be there. */
export function toScrolled(listed: number, whole: number): number {
  if (whole <= MOST || listed <= EXACT) return listed
  if (listed >= whole - EXACT) return listed - whole + MOST
  return EXACT + (listed - EXACT) / ratio(whole)
}

function ratio(whole: number): number {
  return (whole - 2 * EXACT) / (MOST - 2 * EXACT)
}

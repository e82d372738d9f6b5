/** The picture in the tray, drawn here: three lines of water over a weir, with a red dot while something fires. */
export const TRAY_SIZE = 32

type Colour = readonly [red: number, green: number, blue: number]
const WATER: Colour = [0x24, 0x63, 0xd9]
const ALARM: Colour = [0xc0, 0x2b, 0x2b]

/** @returns TRAY_SIZE² pixels, BGRA with premultiplied alpha, as nativeImage.createFromBitmap wants them. */
export function trayBitmap(firing: boolean): Buffer {
  const pixels = Buffer.alloc(TRAY_SIZE * TRAY_SIZE * 4)
  for (let y = 0; y < TRAY_SIZE; y++)
    for (let x = 0; x < TRAY_SIZE; x++) {
      const dot = firing ? coverage(7 - Math.hypot(x - 24.5, y - 7.5)) : 0
      const rim = firing ? coverage(9 - Math.hypot(x - 24.5, y - 7.5)) : 0
      paint(pixels, x, y, WATER, water(x, y) * (1 - rim))
      if (dot > 0) paint(pixels, x, y, ALARM, dot)
    }
  return pixels
}

/** Waves of 3.2 px thickness at three heights. */
function water(x: number, y: number): number {
  if (x < 2 || x > 29) return 0
  const wave = 2.4 * Math.sin(((x - 2) / 27) * 2 * Math.PI)
  return Math.max(...[8, 16, 24].map((middle) => coverage(1.6 - Math.abs(y - middle - wave))))
}

const coverage = (inside: number): number => Math.max(0, Math.min(1, inside + 0.5))

function paint(pixels: Buffer, x: number, y: number, [red, green, blue]: Colour, alpha: number): void {
  const at = (y * TRAY_SIZE + x) * 4
  pixels[at] = Math.round(blue * alpha)
  pixels[at + 1] = Math.round(green * alpha)
  pixels[at + 2] = Math.round(red * alpha)
  pixels[at + 3] = Math.round(255 * alpha)
}

/** What a camera or a picture shows. */
export interface Scanner {
  read(from: HTMLVideoElement | ImageBitmap): Promise<string | undefined>
}

interface Detector {
  detect(from: CanvasImageSource): Promise<{ rawValue: string }[]>
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

const formats = ['qr_code', 'code_128']
/** The longer side of what is decoded here, in pixels: larger pictures take longer and read no better. */
const longest = 960

/** The browser's own reader where it has one for both kinds of codes, else ours. */
export async function newScanner(): Promise<Scanner> {
  const own = (window as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  if (own) {
    const known = await own.getSupportedFormats().catch(() => [] as string[])
    if (formats.every((f) => known.includes(f))) {
      const detector = new own({ formats })
      return { read: async (from) => (await detector.detect(from))[0]?.rawValue }
    }
  }
  const { decode } = await import('./decode')
  const canvas = document.createElement('canvas')
  const drawing = canvas.getContext('2d', { willReadFrequently: true })
  return {
    read: async (from) => {
      const [width, height] = from instanceof HTMLVideoElement ? [from.videoWidth, from.videoHeight] : [from.width, from.height]
      if (!drawing || width === 0 || height === 0) return undefined
      const scale = Math.min(1, longest / Math.max(width, height))
      canvas.width = Math.round(width * scale)
      canvas.height = Math.round(height * scale)
      drawing.drawImage(from, 0, 0, canvas.width, canvas.height)
      return decode(drawing.getImageData(0, 0, canvas.width, canvas.height))
    },
  }
}

export type Refused = 'denied' | 'none' | 'busy' | 'insecure' | 'failed'

/** Why there is no picture from the camera. */
export function whyNot(e: unknown): Refused {
  if (!navigator.mediaDevices) return 'insecure'
  switch (e instanceof DOMException ? e.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    default:
      return 'failed'
  }
}

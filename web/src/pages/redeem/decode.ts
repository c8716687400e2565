// Reads QR codes and Code 128 where the browser cannot. Only its parts are taken that this needs, and
// they are loaded when a camera is on.
import BarcodeFormat from '@zxing/library/es2015/core/BarcodeFormat'
import BinaryBitmap from '@zxing/library/es2015/core/BinaryBitmap'
import HybridBinarizer from '@zxing/library/es2015/core/common/HybridBinarizer'
import DecodeHintType from '@zxing/library/es2015/core/DecodeHintType'
import Code128Reader from '@zxing/library/es2015/core/oned/Code128Reader'
import QRCodeReader from '@zxing/library/es2015/core/qrcode/QRCodeReader'
import RGBLuminanceSource from '@zxing/library/es2015/core/RGBLuminanceSource'

const hints = new Map<DecodeHintType, unknown>([
  [DecodeHintType.TRY_HARDER, true],
  [DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.QR_CODE, BarcodeFormat.CODE_128]],
])

/** The luminance of each pixel, 0 to 255, as the eye weighs the colours. */
export function greyOf({ data, width, height }: { data: Uint8ClampedArray; width: number; height: number }): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(width * height)
  for (let i = 0, p = 0; i < grey.length; i++, p += 4) grey[i] = (data[p]! * 77 + data[p + 1]! * 151 + data[p + 2]! * 28) >> 8
  return grey
}

/** The text of the code in a picture; nothing when there is none. */
export function decode(picture: { data: Uint8ClampedArray; width: number; height: number }): string | undefined {
  const bitmap = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(greyOf(picture), picture.width, picture.height)))
  for (const reader of [new QRCodeReader(), new Code128Reader()]) {
    try {
      return reader.decode(bitmap, hints as never).getText()
    } catch {
      // There is none of this kind.
    }
  }
  return undefined
}

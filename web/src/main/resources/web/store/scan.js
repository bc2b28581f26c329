/**
 * Reading codes from a video: the browser's own detector where there is one, else the decoder of the `zxing` library,
 * loaded only then. Both give the text of the first code they see.
 */
const FORMATS = {native: ['qr_code', 'ean_13', 'ean_8', 'code_128', 'upc_a'], zxing: ['QR_CODE', 'EAN_13', 'EAN_8', 'CODE_128', 'UPC_A']};
const SIDE_MOST = 720;

/** Whether this device has a camera to ask for. */
export const canScan = () => Boolean(navigator.mediaDevices?.getUserMedia);

async function nativeReader() {
  if (!('BarcodeDetector' in globalThis)) return null;
  try {
    const offered = await globalThis.BarcodeDetector.getSupportedFormats();
    const formats = FORMATS.native.filter((each) => offered.includes(each));
    // A detector that knows no QR codes or no barcodes is no use here.
    if (!formats.includes('qr_code') || !formats.includes('ean_13')) return null;
    const detector = new globalThis.BarcodeDetector({formats});
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  } catch {
    return null;
  }
}

async function libraryReader() {
  await import('zxing');
  const {BarcodeFormat, BinaryBitmap, DecodeHintType, HTMLCanvasElementLuminanceSource, HybridBinarizer, MultiFormatReader} = globalThis.ZXing;
  const reader = new MultiFormatReader();
  reader.setHints(new Map([[DecodeHintType.POSSIBLE_FORMATS, FORMATS.zxing.map((each) => BarcodeFormat[each])], [DecodeHintType.TRY_HARDER, true]]));
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', {willReadFrequently: true});
  return (video) => {
    const scale = Math.min(1, SIDE_MOST / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return reader.decodeWithState(new BinaryBitmap(new HybridBinarizer(new HTMLCanvasElementLuminanceSource(canvas)))).getText();
    } catch {
      return undefined; // no code in this picture
    } finally {
      reader.reset();
    }
  };
}

let reader;

/** Gives `read(video)`: the text of a code in the picture of this moment, or undefined. */
export function codeReader() {
  reader ??= nativeReader().then((found) => found ?? libraryReader()).catch((failure) => {
    reader = undefined;
    throw failure;
  });
  return reader;
}

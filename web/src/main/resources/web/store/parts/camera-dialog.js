/** Reading a code with the camera, where the browser can detect codes by itself. */
import {html, nothing} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {t} from 'filo/i18n.js';

const EVERY_MS = 180;

/** Whether this browser reads codes. */
export async function canScan() {
  if (!('BarcodeDetector' in globalThis) || !navigator.mediaDevices?.getUserMedia) return false;
  try { return (await globalThis.BarcodeDetector.getSupportedFormats()).includes('qr_code'); } catch { return false; }
}

/** Resolves with the code read, or undefined. */
export class CameraDialog extends FiloDialog {
  static properties = {problem: {state: true}};

  #stream;
  #timer;

  heading() { return t('camera.title'); }
  body() {
    return html`${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}<video class="camera" autoplay muted playsinline aria-label=${t('camera.title')}></video>`;
  }

  async open() {
    const closed = super.open();
    closed.then(() => this.#stop());
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'environment'}});
      const video = this.querySelector('video');
      video.srcObject = this.#stream;
      const detector = new globalThis.BarcodeDetector();
      this.#timer = setInterval(async () => {
        if (video.readyState < 2) return;
        const [found] = await detector.detect(video).catch(() => []);
        if (found?.rawValue) this.close(found.rawValue);
      }, EVERY_MS);
    } catch {
      this.problem = t('camera.refused');
    }
    return closed;
  }

  #stop() {
    clearInterval(this.#timer);
    this.#stream?.getTracks().forEach((track) => track.stop());
  }
}
customElements.define('store-camera-dialog', CameraDialog);

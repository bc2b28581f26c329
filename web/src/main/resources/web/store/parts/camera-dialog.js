/** Reading a code with the camera; a lamp where the camera has one. The camera ends when the page is hidden. */
import {html, nothing} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {codeReader} from '../scan.js';

const EVERY_MS = 120;

/** Resolves with the code read, or undefined. */
export class CameraDialog extends FiloDialog {
  static properties = {problem: {state: true}, ready: {state: true}, lamp: {state: true}};

  #stream;
  #timer;
  #over = false;

  heading() { return t('camera.title'); }
  body() {
    return html`${this.problem ? html`<p class="note warn" role="alert">${icon('warning')}<span>${this.problem}</span></p>` : nothing}
      <div class="viewer" ?hidden=${Boolean(this.problem)}><video class="camera" autoplay muted playsinline aria-label=${t('camera.title')}></video><span class="viewer-frame" aria-hidden="true"></span></div>
      <p class="muted small" role="status">${this.problem ? nothing : t(this.ready ? 'camera.hold' : 'camera.opens')}</p>`;
  }
  footer() {
    return html`${this.lamp === undefined ? nothing : html`<button class="button" aria-pressed=${this.lamp} @click=${this.#light}>${icon('bolt')} ${t('camera.lamp')}</button>`}
      <button class="button" @click=${() => this.close()}>${t('camera.type')}</button>`;
  }

  async open() {
    const closed = super.open();
    this.whileConnected(() => {
      const hidden = () => { if (document.hidden) this.close(); };
      document.addEventListener('visibilitychange', hidden);
      return () => document.removeEventListener('visibilitychange', hidden);
    });
    closed.then(() => this.#stop());
    this.#start();
    return closed;
  }

  async #start() {
    let read;
    try {
      // The decoder loads while the camera opens.
      [this.#stream, read] = await Promise.all([
        navigator.mediaDevices.getUserMedia({video: {facingMode: {ideal: 'environment'}, width: {ideal: 1280}, height: {ideal: 720}}}),
        codeReader(),
      ]);
    } catch (failure) {
      this.problem = t(failure.name === 'NotAllowedError' ? 'camera.refused' : failure.name === 'NotFoundError' ? 'camera.none' : 'camera.broken');
      return;
    }
    if (this.#over) return this.#stop();
    await this.updateComplete;
    const video = this.querySelector('video');
    video.srcObject = this.#stream;
    await video.play().catch(() => { /* it plays once it may */ });
    this.ready = true;
    this.#tune();
    const look = async () => {
      if (this.#over) return;
      const text = video.readyState >= 2 && video.videoWidth ? await Promise.resolve(read(video)).catch(() => undefined) : undefined;
      if (this.#over) return;
      if (text) {
        navigator.vibrate?.(60);
        return this.close(text);
      }
      this.#timer = setTimeout(look, EVERY_MS);
    };
    look();
  }

  /** Near things sharp, and a lamp if there is one. */
  #tune() {
    const track = this.#stream.getVideoTracks()[0];
    const able = track?.getCapabilities?.() ?? {};
    if (able.focusMode?.includes('continuous')) track.applyConstraints({advanced: [{focusMode: 'continuous'}]}).catch(() => { /* as it is */ });
    if (able.torch) this.lamp = false;
  }

  #light = () => {
    this.lamp = !this.lamp;
    this.#stream.getVideoTracks()[0].applyConstraints({advanced: [{torch: this.lamp}]}).catch(() => { this.lamp = undefined; });
  };

  #stop() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#stream?.getTracks().forEach((track) => track.stop());
  }
}
customElements.define('store-camera-dialog', CameraDialog);

/** Two soft tones for something new. Browsers allow sound only after a first tap or key; it can be muted. */
const KEY = 'filo.store.muted';

let context;
let mutedNow = false;
try { mutedNow = localStorage.getItem(KEY) === '1'; } catch { /* on */ }

// After a first gesture of whatever kind.
for (const gesture of ['pointerdown', 'keydown']) {
  addEventListener(gesture, () => {
    context ??= globalThis.AudioContext ? new AudioContext() : undefined;
    context?.resume();
  }, {passive: true});
}

/** Whether sounds are off. */
export const muted = () => mutedNow;

/** Turns sounds off or on. */
export function mute(value) {
  mutedNow = value;
  try { localStorage.setItem(KEY, value ? '1' : '0'); } catch { /* for this visit only */ }
}

/** Rings, if it may: `new` rises, `yes` is short and high, `no` is low. */
export function ring(kind = 'new') {
  if (mutedNow || context?.state !== 'running') return;
  const tones = {new: [660, 880], yes: [880, 1175], no: [220, 180]}[kind];
  tones.forEach((frequency, i) => {
    const at = context.currentTime + i * 0.16;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.32);
  });
}

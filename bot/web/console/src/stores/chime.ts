/** Two soft notes, made here so that no file has to be loaded. */
import { preferences } from "./preferences";

const NOTES_HZ = [660, 880];
const NOTE_S = 0.16;
const LOUDNESS = 0.08;
let audio: AudioContext | null = null;

export function chime(): void {
  if (!preferences.sound) return;
  try {
    audio ??= new AudioContext();
    for (const [i, hz] of NOTES_HZ.entries()) {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      const start = audio.currentTime + i * NOTE_S;
      tone.frequency.value = hz;
      gain.gain.setValueAtTime(0.0001, start);
      gain.gain.exponentialRampToValueAtTime(LOUDNESS, start + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S * 1.8);
      tone.connect(gain).connect(audio.destination);
      tone.start(start);
      tone.stop(start + NOTE_S * 2);
    }
  } catch {
    // no sound on this machine; the screen says the same
  }
}

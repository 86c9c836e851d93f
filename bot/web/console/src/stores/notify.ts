/** Draws attention: two soft notes made here, and a notice of the desktop while nobody looks at the page. */
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

export function mayNotify(): boolean {
  return "Notification" in window && Notification.permission !== "denied";
}

/** Ask the browser; true when notices will be shown. */
export async function askToNotify(): Promise<boolean> {
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}

/** A notice without anybody's words: what it says may stand on a screen that others see. */
export function notice(title: string, tag: string, then: () => void): void {
  if (!preferences.notifications || document.visibilityState === "visible") return;
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification(title, { tag, icon: "/console/favicon.svg" });
  shown.onclick = () => {
    window.focus();
    then();
    shown.close();
  };
}

/** Local storage behind a small face, with a fall-back in memory where a browser forbids it. */

export interface KeyValue {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

export class MemoryStore implements KeyValue {
  private readonly map = new Map<string, string>();
  get(key: string): string | null {
    return this.map.get(key) ?? null;
  }
  set(key: string, value: string): void {
    this.map.set(key, value);
  }
  remove(key: string): void {
    this.map.delete(key);
  }
  keys(prefix: string): string[] {
    return [...this.map.keys()].filter((key) => key.startsWith(prefix));
  }
}

/** A full or forbidden storage must not stop a chat: what cannot be written is kept in memory. */
export class BrowserStore implements KeyValue {
  private readonly memory = new MemoryStore();

  constructor(private readonly area: () => Storage) {}

  get(key: string): string | null {
    const kept = this.memory.get(key);
    if (kept !== null) return kept;
    try {
      return this.area().getItem(key);
    } catch {
      return null;
    }
  }
  set(key: string, value: string): void {
    try {
      this.area().setItem(key, value);
      this.memory.remove(key);
    } catch {
      this.memory.set(key, value);
    }
  }
  remove(key: string): void {
    this.memory.remove(key);
    try {
      this.area().removeItem(key);
    } catch {
      // Nothing was stored there.
    }
  }
  keys(prefix: string): string[] {
    const found = new Set(this.memory.keys(prefix));
    try {
      for (const key of Object.keys(this.area())) if (key.startsWith(prefix)) found.add(key);
    } catch {
      // Memory is all there is.
    }
    return [...found];
  }
}

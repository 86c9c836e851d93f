/** Web storage behind a small face, kept in memory where a browser forbids it or has no room. */

export interface KeyValue {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

export class BrowserStore implements KeyValue {
  private readonly memory = new Map<string, string>();

  constructor(private readonly area: () => Storage) {}

  get(key: string): string | null {
    return this.memory.get(key) ?? this.attempt((area) => area.getItem(key)) ?? null;
  }

  set(key: string, value: string): void {
    this.memory.set(key, value);
    this.attempt((area) => {
      area.setItem(key, value);
      this.memory.delete(key);
    });
  }

  remove(key: string): void {
    this.memory.delete(key);
    this.attempt((area) => area.removeItem(key));
  }

  keys(prefix: string): string[] {
    const stored = this.attempt((area) => Object.keys(area)) ?? [];
    return [...new Set([...this.memory.keys(), ...stored])].filter((key) => key.startsWith(prefix));
  }

  private attempt<T>(run: (area: Storage) => T): T | undefined {
    try {
      return run(this.area());
    } catch {
      return undefined;
    }
  }
}

// Names of objects inside a sentence or after a verb: small letters in English ("New contact"), unchanged in Chinese.
export function inSentence(label: string): string {
  return label.toLowerCase();
}

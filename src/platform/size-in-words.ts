/** How large a file is, or may be, as people read it: “390 KB”, “2 MB”, “1.4 MB”. */
export function sizeInWords (bytes: number): string {
  const kilobytes = Math.max(1, Math.round(bytes / 1024))
  return kilobytes < 1000 ? `${kilobytes} KB` : `${Number((kilobytes / 1024).toFixed(1))} MB`
}

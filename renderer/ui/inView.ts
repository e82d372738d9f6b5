/** An action that says whether its element is in sight, or nearly. */
export function inView(node: Element, onchange: (visible: boolean) => void): { destroy: () => void } {
  const observer = new IntersectionObserver((entries) => onchange(entries.at(-1)?.isIntersecting ?? false), {
    rootMargin: '200px',
  })
  observer.observe(node)
  return { destroy: () => observer.disconnect() }
}

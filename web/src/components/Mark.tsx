/** The mark: a long comic box. */
export function Mark({ size = 32 }: { size?: number }) {
  return <img src="./mark.svg" alt="" width={size} height={size} />
}

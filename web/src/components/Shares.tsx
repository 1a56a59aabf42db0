import type { Share } from '../api/shapes'
import { count } from '../human'
import classes from './Shares.module.css'

interface Props {
  title: string
  shares: Share[]
  onChoose?: (value: string) => void
}

/** Values and how many comics have each, as a table whose bars say how they compare. */
export function Shares({ title, shares, onChoose }: Props) {
  const most = Math.max(...shares.map(({ files }) => files), 1)
  return (
    <table className={classes.shares}>
      <caption>{title}</caption>
      <tbody>
        {shares.map(({ value, files }) => (
          <tr key={value}>
            <th scope="row">
              {onChoose ? (
                <button type="button" onClick={() => onChoose(value)}>
                  {value}
                </button>
              ) : (
                value
              )}
            </th>
            <td className={classes.bar}>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect width={Math.max((100 * files) / most, 0.5)} height="10" />
              </svg>
            </td>
            <td className={classes.number}>{count(files)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

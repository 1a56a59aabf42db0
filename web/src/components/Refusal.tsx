import { Alert } from '@mantine/core'

import { Problem } from '../api/request'
import classes from './ProblemAlert.module.css'

/** Why what was typed is refused; there is nothing to try again but something else. */
export function Refusal({ error }: { error: Error | null }) {
  if (!error) return null
  const detail = error instanceof Problem ? error.detail : ''
  return (
    <Alert className={classes.problem} color="red" title={error.message} role="alert">
      <p>{detail}</p>
    </Alert>
  )
}

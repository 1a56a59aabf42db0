import { Alert, Button } from '@mantine/core'

import { Problem } from '../api/request'
import { messages } from '../messages'
import classes from './ProblemAlert.module.css'

interface Props {
  error: Error
  onRetry: () => void
  hint?: string
}

/** What the server said went wrong, and a button to ask again. */
export function ProblemAlert({ error, onRetry, hint }: Props) {
  const problem = error instanceof Problem ? error : null
  const sentences = [problem?.detail, problem?.passes && messages.again, hint]
  return (
    <Alert className={classes.problem} color="red" title={error.message} role="alert">
      <p>{sentences.filter(Boolean).join(' ')}</p>
      <Button size="xs" color="red" variant="outline" onClick={onRetry}>
        {messages.retry}
      </Button>
    </Alert>
  )
}

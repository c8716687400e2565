import en from '../en/draft.json'
import zh from '../zh/draft.json'
import { part } from '../part'

export default part('draft', zh, en)

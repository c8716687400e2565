import en from '../en/errors.json'
import zh from '../zh/errors.json'
import { part } from '../part'

export default part('errors', zh, en)

import en from '../en/figures.json'
import zh from '../zh/figures.json'
import { part } from '../part'

export default part('figures', zh, en)

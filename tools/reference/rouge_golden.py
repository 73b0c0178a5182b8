#!/usr/bin/env python3
"""Golden values of ROUGE-L recall and of the stemmer, from the packages rouge_score 0.1.2 and nltk.

    python3 -m venv v && v/bin/pip install rouge_score==0.1.2 nltk==3.10.4
    v/bin/python rouge_golden.py > ../../Tests/UnlearningTests/Fixtures/rouge.json

The words are made from beginnings and endings that the rules of the stemmer tell apart, by a seed; the sentences from
these words, with marks, capitals and letters of other scripts between them.
"""
import json, random
from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer

draw = random.Random(20)
stemmer = PorterStemmer()
BEGINNINGS = (
    "a be ca re tr fl agr plast motor hopp tann fall hiss fizz fail fil conflat troubl siz happ enjo sk relat condit "
    "ration val hesit digit conform radic differ vil analog vietnam predic oper feud decis hope callous formal sensit "
    "sensib triplic form electr good reviv allow infer airlin gyroscop adjust defens irrit replac depend adopt homolog "
    "commun activ angular effect bowdler prob rat ceas controll roll geo theo archaeo philo syzyg yy tree oat str"
).split()
ENDINGS = (
    "s es ies sses ss ed eed ied ing ly y ational tional enci anci izer bli abli alli entli eli ousli ization ation ator "
    "alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er "
    "ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ll lle ally fully ating ated blings "
    "ized eeds yed ying"
).split()
FIXED = (
    "sky skies dying lying tying news innings inning outings canning cannings howe proceed exceed succeed dies died flies "
    "spied tries agreed feed sing bled hoping hopping falling size trees yes 1984 x9ing 42s abilities generalizations"
).split()

words = FIXED + [draw.choice(BEGINNINGS) + draw.choice(ENDINGS) + draw.choice(["", "", draw.choice(ENDINGS)]) for _ in range(1500)]
words = sorted({w for w in words if len(w) > 3})
stems = [[w, stemmer.stem(w)] for w in words]

MARKS = [" ", " ", " ", ", ", ". ", " - ", "'s ", "\n", "; ", " é ", "ß", "İ", "K", " 北京 ", "\t", "_"]
scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)


def sentence(pool, length):
    text = ""
    for _ in range(length):
        word = draw.choice(pool)
        text += draw.choice([word, word, word.capitalize(), word.upper()]) + draw.choice(MARKS)
    return text


pairs = [["", "word"], ["word", ""], ["...", "word"], ["The cat sat.", "the cats SAT on"], ["", ""]]
for _ in range(200):
    pool = draw.sample(words, 12) + ["the", "of", "is", "in", "1956"]
    pairs.append([sentence(pool, draw.randint(1, 25)), sentence(pool, draw.randint(1, 40))])
rouge = [[r, a, scorer.score(r, a)["rougeL"].recall] for r, a in pairs]


def lines(name, rows):
    return json.dumps(name) + ": [\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


print("{" + lines("stems", stems) + ",\n" + lines("rouge", rouge) + "}")

import CLai

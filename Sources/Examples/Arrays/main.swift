import Tandem
print("not yet")

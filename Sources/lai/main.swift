print("lai")

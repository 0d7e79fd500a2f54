print("droid")

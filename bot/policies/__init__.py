"""Rules that bind the operator: repair clocks, complaint deadlines, porting, real name, compensation, promises."""

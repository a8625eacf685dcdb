def test_enter_and_leave(world, start):
    stack = world.stack("a")
    (stack / "sub").mkdir()
    world.session("dev")
    shell = start()
    assert shell.variable("AWS_PROFILE") is None
    out = shell.cd(stack / "sub")
    print(out)
    assert shell.exported("AWS_PROFILE") == "dev"
    assert shell.prompt() == "☁ dev 3h12m "
    shell.cd(world.work)
    assert shell.variable("AWS_PROFILE") is None
    assert shell.prompt() == ""

using System.Runtime.Versioning;

namespace Errand.Commands.Tests;

/// <summary>Why a command cannot be started is said before it is tried.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProgramSearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("search").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void L1_a_name_is_looked_for_in_the_path()
    {
        string first = Make("a/tool"), second = Make("b/tool");
        Assert.Equal(first, Find("tool", path: $"{_folder}/a:{_folder}/b"));
        Assert.Equal(second, Find("tool", path: $"{_folder}/nothing:{_folder}/b:{_folder}/a"));
        Assert.EndsWith("/sh", ProgramSearch.Find(new() { Argv = ["sh"] }), StringComparison.Ordinal);
        Assert.Equal("/bin/sh", ProgramSearch.Find(new() { Command = "x" }));
    }

    [Fact]
    public void L1_what_is_not_to_be_executed_is_passed_over_for_the_next()
    {
        Make("a/tool", executable: false);
        Directory.CreateDirectory(Path.Combine(_folder, "b/tool"));
        string last = Make("c/tool");
        Assert.Equal(last, Find("tool", path: $"{_folder}/a:{_folder}/b:{_folder}/c"));
    }

    [Fact]
    public void L1_paths_are_meant_from_the_commands_folder()
    {
        string tool = Make("bin/tool");
        Assert.Equal(tool, Find("bin/tool", cwd: _folder));
        Assert.Equal(tool, Find("./tool", cwd: $"{_folder}/bin"));
        Assert.Equal(tool, Find("tool", path: "bin", cwd: _folder));
        // An empty entry is the folder itself.
        Assert.Equal(tool, Find("tool", path: ":/nothing", cwd: $"{_folder}/bin"));
    }

    [Fact]
    public void L1_a_missing_program_is_told_with_where_it_was_looked_for() =>
        Refused("argv names 'nope', and there is no such program where it was looked for (PATH: /x:/y)", () => Find("nope", path: "/x:/y"));

    [Fact]
    public void L1_a_missing_path_is_told_with_what_was_perhaps_meant()
    {
        string tool = Make("bin/tool");
        Refused($"there is no file '{_folder}/tool'. There is '{tool}'.", () => Find($"{_folder}/tool", path: $"{_folder}/bin"));
    }

    [Fact]
    public void L1_a_folder_is_no_program() => Refused($"argv names '{_folder}', which is a folder", () => Find(_folder));

    [Fact]
    public void L1_a_file_without_the_permission_is_told_with_the_remedy()
    {
        // Without any bit root may not execute it either.
        string tool = Make("tool", executable: false);
        Refused($"'{tool}' may not be executed by the server. Give it the permission: chmod +x '{tool}'.", () => Find(tool));
        Refused($"'{tool}' may not be executed by the server", () => Find("tool", path: _folder));
    }

    [Fact]
    public void L1_a_script_whose_reader_is_missing_says_so()
    {
        string script = Make("script", "#!/no/such/reader -x\nhello\n");
        Refused($"'{script}' is to be read by '/no/such/reader', says its first line, and there is no such program", () => Find(script));
        string named = Make("named", "#!/usr/bin/env no-such-reader\n");
        Refused($"'{named}' is to be read by 'no-such-reader', says its first line", () => Find(named));
        string split = Make("split", "#! /usr/bin/env -S A=b no-such-reader -x\n");
        Refused("'no-such-reader'", () => Find(split));
        string windows = Make("windows", "#!/bin/sh\r\necho\r\n");
        Refused("ends as lines do on Windows", () => Find(windows));
        string forbidden = Make("forbidden", $"#!{Make("reader", executable: false)}\n");
        Refused("which may not be executed by the server", () => Find(forbidden));
        string inner = Make("inner", $"#!{script}\n");
        Refused($"'{inner}' is to be read by '/no/such/reader'", () => Find(inner));
    }

    [Theory]
    [InlineData("#!/bin/sh\n")]
    [InlineData("#!/bin/sh -e\r\n")]
    [InlineData("#! /usr/bin/env sh\n")]
    [InlineData("#!/usr/bin/env")]
    [InlineData("#!")]
    [InlineData("echo no first line of that kind\n")]
    [InlineData("")]
    public void L1_a_script_that_can_be_read_is_found(string text)
    {
        string script = Make("script", text);
        Assert.Equal(script, Find(script, path: "/bin:/usr/bin"));
    }

    [Fact]
    public void L1_a_script_that_names_itself_ends_the_search()
    {
        string script = Path.Combine(_folder, "self");
        Make("self", $"#!{script}\n");
        Assert.Equal(script, Find(script));
    }

    [Fact]
    public void L1_a_missing_shell_is_told() =>
        Refused("shell names '/no/such/shell'", () => ProgramSearch.Find(new() { Command = "x", Shell = "/no/such/shell" }));

    [Fact]
    public void L1_a_missing_folder_is_told_by_its_parameter()
    {
        Refused("the folder '/no/such/folder' (cwd) does not exist", () => Find("sh", cwd: "/no/such/folder"));
        Refused("is a file and not a folder", () => Find("sh", cwd: Make("file")));
    }

    [Fact]
    public void L1_a_folder_that_may_not_be_entered_is_told()
    {
        // Root may enter any folder, so the answer of the system is given here.
        Refused(
            $"the server may not enter the folder '{_folder}' (cwd)",
            () => ProgramSearch.Find(new() { Argv = ["sh"], Cwd = _folder }, path => path != _folder && FileAccessCheck.MayExecute(path)));
        string closed = Directory.CreateDirectory(Path.Combine(_folder, "closed"), UnixFileMode.None).FullName;
        Assert.Equal(Environment.IsPrivilegedProcess, FileAccessCheck.MayExecute(closed));
    }

    private static string Find(string program, string? path = null, string? cwd = null) => ProgramSearch.Find(new()
    {
        Argv = [program], Cwd = cwd, Env = path is null ? null : new Dictionary<string, string> { ["PATH"] = path, ["TOKEN"] = "s3cret" },
    });

    private static void Refused(string message, Func<string> find)
    {
        var error = Assert.Throws<JobErrorException>(find).Error;
        Assert.Equal((JobErrorCodes.StartFailed, false), (error.Code, error.Retryable));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    private string Make(string name, string text = "", bool executable = true)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(path, executable ? mode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : mode);
        return path;
    }
}

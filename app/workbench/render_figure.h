#pragma once
#include <string>

namespace corticast {

/// `corticast --render FIGURE.json --out F.png|svg|pdf`: draws without any display. Returns the exit status; errors go
/// to stderr as "error: WHAT: WHERE: WHY; REMEDY".
int renderFigure(int argc, char** argv, const std::string& description, const std::string& out);

}  // namespace corticast

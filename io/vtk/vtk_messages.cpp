// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/vtk_messages.hpp"

#include <vtkLogger.h>
#include <vtkObjectFactory.h>
#include <vtkOutputWindow.h>
#include <vtkSmartPointer.h>

#include <iostream>
#include <sstream>

namespace marrow::io {
namespace {

class MessageWindow : public vtkOutputWindow {
 public:
  static MessageWindow* New();
  vtkTypeMacro(MessageWindow, vtkOutputWindow);

  void DisplayText(const char* text) override { other_ += text; }
  void DisplayErrorText(const char* text) override { (error_.empty() ? error_ : other_) += text; }
  void DisplayWarningText(const char* text) override { other_ += text; }
  void DisplayGenericWarningText(const char* text) override { other_ += text; }
  void DisplayDebugText(const char*) override {}

  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] const std::string& other() const { return other_; }

 private:
  std::string error_;
  std::string other_;
};

vtkStandardNewMacro(MessageWindow);

/// VTK says "ERROR: In file.cxx, line 12\nvtkClass (0x55..): what happened\n\n"; only the last part
/// tells a user anything.
std::string essence(const std::string& text) {
  std::string line = text;
  if (const auto pointer = line.find("): "); pointer != std::string::npos) {
    line.erase(0, pointer + 3);
  }
  for (char& c : line) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  line.erase(line.find_last_not_of(' ') + 1);
  line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
  constexpr std::size_t longest = 300;
  if (line.size() > longest) line = line.substr(0, longest) + "...";
  return line;
}

}  // namespace

struct VtkMessages::Capture {
  vtkSmartPointer<MessageWindow> window = vtkSmartPointer<MessageWindow>::New();
  vtkSmartPointer<vtkOutputWindow> window_before = vtkOutputWindow::GetInstance();
  std::ostringstream streams;  // MetaIO writes to the C++ streams
  std::streambuf* error_before = std::cerr.rdbuf(streams.rdbuf());
  std::streambuf* output_before = std::cout.rdbuf(streams.rdbuf());
};

VtkMessages::VtkMessages() : capture_(std::make_unique<Capture>()) {
  vtkOutputWindow::SetInstance(capture_->window);
  vtkLogger::SetStderrVerbosity(vtkLogger::VERBOSITY_OFF);
}

VtkMessages::~VtkMessages() {
  vtkLogger::SetStderrVerbosity(vtkLogger::VERBOSITY_INFO);
  vtkOutputWindow::SetInstance(capture_->window_before);
  std::cerr.rdbuf(capture_->error_before);
  std::cout.rdbuf(capture_->output_before);
}

bool VtkMessages::failed() const { return !capture_->window->error().empty(); }

std::string VtkMessages::text() const {
  for (const std::string& said :
       {capture_->window->error(), capture_->streams.str(), capture_->window->other()}) {
    if (const std::string line = essence(said); !line.empty()) return line;
  }
  return "VTK gave no reason";
}

}  // namespace marrow::io
